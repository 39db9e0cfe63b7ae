import { expect, test } from "vitest";
import { baseUrlProblem } from "./check-base-url.ts";

test.each([
  "https://api.example.com",
  "https://api.example.com/v2/",
  "https://api.example.com:8443/a",
  "http://127.0.0.1:9000/x",
  "HTTP://LOCAL:80",
])("%s can be a base URL", (text) => {
  expect(baseUrlProblem(text, ["127.0.0.1:9000", "local:80"])).toBeNull();
});

test.each([
  ["", "absolute"],
  ["/v2", "absolute"],
  ["api.example.com", "absolute"],
  ["https://", "absolute"],
  ["ftp://api.example.com", "absolute"],
  ["http://api.example.com", "Request Timeout"],
  ["http://127.0.0.1:9001", "must use https"],
  ["https://me:secret@api.example.com", "user name"],
  ["https://api.example.com\\.evil.example", "no backslash"],
  ["https://api.exam\tple.com", "no white space"],
  ["https://api.example。com", "plain letters"],
  ["https://bücher.example", "xn--"],
  ["https://api%2eexample.com", "plain letters"],
  ["https://api.example.com?a=1", "no query"],
  ["https://api.example.com/#a", "no fragment"],
])('"%s" cannot: %s', (text, words) => {
  expect(baseUrlProblem(text, ["127.0.0.1:9000"])).toContain(words);
});
