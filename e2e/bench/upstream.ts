import { createServer, type ServerResponse } from "node:http";

/** Somebody else's API: answers each POST with a small JSON document, at once or after some milliseconds. Arguments: port, delay. */
const answer = JSON.stringify({ id: "c_1", name: "Contact", score: 97, tags: ["a", "b"] });

const [port = "0", delayMs = "0"] = process.argv.slice(2);

createServer((request, response) => {
  request.resume();
  request.on("end", () => (delayMs === "0" ? give(response) : setTimeout(() => give(response), Number(delayMs))));
}).listen(Number(port), "127.0.0.1", () => process.stdout.write("Ready.\n"));

function give(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": answer.length });
  response.end(answer);
}
