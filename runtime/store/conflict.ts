/** Thrown inside a commit to undo it: a statement has changed another number of rows than it must. */
export class Conflict {
  readonly statement: number;
  constructor(statement: number) {
    this.statement = statement;
  }
}
