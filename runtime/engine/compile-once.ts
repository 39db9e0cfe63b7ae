/** Remembers what was made of a node for as long as its version is in memory: versions are frozen, so it never changes. */
export function compileOnce<Node extends object, Compiled>(compile: (node: Node) => Compiled): (node: Node) => Compiled {
  const known = new WeakMap<Node, Compiled>();
  return (node) => {
    const found = known.get(node);
    if (found !== undefined) return found;
    const compiled = compile(node);
    known.set(node, compiled);
    return compiled;
  };
}
