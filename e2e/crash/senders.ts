import { Agent } from "node:http";
import { setTimeout as passed } from "node:timers/promises";
import { between, oneOf, type Random } from "../../runtime/testing/seeded-random.ts";
import type { TestHook } from "../../runtime/testing/test-hook.ts";
import { type Answer, post, sign } from "../sender.ts";
import { answeredStatus, type TwoCallsBody } from "./two-calls.ts";

export type SendersOptions = {
  /** Bases of the API nodes; each request goes to any of them, as from a balancer that has not noticed yet who is away. */
  urls: string[];
  hooks: { plain: TestHook; responding: TestHook };
  lanes: number;
  /** Each lane waits up to twice as long between its events. */
  paceMs: number;
  random: Random;
};

/** What became of the events of a campaign, as their senders know it. */
export type Sent = {
  /** The event that each acknowledged id was told to be. */
  acknowledged: Map<string, string>;
  /** Requests that were answered by the flow itself. */
  answered: number;
  /** Requests for an id after the first: until it was acknowledged, and on purpose afterwards. */
  repeated: number;
  /** Answers that no sender should get. */
  faults: string[];
};

/** How long a sender waits for an answer: shorter than most stops, so that what it has sent is taken after it has sent it again. */
const patienceMs = 4_000;
const shares = { responding: 0.2, pause: 0.15, sentAgain: 0.1 };
const timesAgain = 5;

/** Senders that each post one event after another, until each is acknowledged, with the same id. */
export function startSenders({ urls, hooks, lanes, paceMs, random }: SendersOptions): { stop(): Promise<Sent> } {
  const sent: Sent = { acknowledged: new Map(), answered: 0, repeated: 0, faults: [] };
  let next = 0;
  let stopping = false;

  async function lane(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopping) {
      next += 1;
      const hook = random() < shares.responding ? hooks.responding : hooks.plain;
      const pauseMs = Math.round(between(random, 100, 4_000));
      const body = { id: `event_${next}`, pause: random() < shares.pause, pauseMs };
      await untilAcknowledged(hook, body, agent);
      if (random() < shares.sentAgain)
        for (let time = 0; time < timesAgain; time += 1) await sendAgain(hook, body, agent).catch(() => {});
      await passed(between(random, 0, 2 * paceMs));
    }
    agent.destroy();
  }

  async function untilAcknowledged(hook: TestHook, body: TwoCallsBody, agent: Agent): Promise<void> {
    while (!(await sendOnce(hook, body, agent))) {
      sent.repeated += 1;
      await passed(between(random, 10, 100));
    }
  }

  /** A sender whose own books are wrong: it has the acknowledgement, and asks again. */
  async function sendAgain(hook: TestHook, body: TwoCallsBody, agent: Agent): Promise<void> {
    sent.repeated += 1;
    await sendOnce(hook, body, agent);
  }

  /** True when it was acknowledged. A fresh signature each time, as providers make them. */
  async function sendOnce(hook: TestHook, body: TwoCallsBody, agent: Agent): Promise<boolean> {
    const url = `${oneOf(random, urls)}/hooks/${hook.hook}`;
    const signed = { ...sign(hook.secret, body.id, body), signal: AbortSignal.timeout(patienceMs) };
    const answer = await post(url, signed, agent).catch(() => null);
    if (answer === null || answer.status === 503) return false;
    if (answer.status >= 200 && answer.status < 300) note(body, answer);
    else sent.faults.push(`${body.id} was answered with ${answer.status}: ${answer.text.slice(0, 200)}`);
    return answer.status >= 200 && answer.status < 300;
  }

  function note({ id }: TwoCallsBody, answer: Answer): void {
    const event = String(answer.headers["x-patchbay-event"]);
    const before = sent.acknowledged.get(id) ?? event;
    if (before !== event) sent.faults.push(`${id} was acknowledged as ${before}, then as ${event}`);
    sent.acknowledged.set(id, before);
    if (answer.status !== answeredStatus) return;
    sent.answered += 1;
    const { id: told } = JSON.parse(answer.text) as { id: string };
    if (told !== id) sent.faults.push(`${id} got the answer of ${told}`);
  }

  const running = Array.from({ length: lanes }, lane);
  return {
    async stop() {
      stopping = true;
      await Promise.all(running);
      return sent;
    },
  };
}
