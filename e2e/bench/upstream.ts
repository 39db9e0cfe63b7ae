import { createServer } from "node:http";

/** Somebody else's API: answers each POST with a small JSON document. */
const answer = JSON.stringify({ id: "c_1", name: "Contact", score: 97, tags: ["a", "b"] });

createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": answer.length });
    response.end(answer);
  });
}).listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write("Ready.\n"));
