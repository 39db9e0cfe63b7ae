import type { FlowTestResult } from "../../shared/flow/flow-test.ts";

/** The results of test files as JUnit XML: a suite for each file, a case for each expectation. https://github.com/testmoapp/junitxml */
export function junitOf(results: { file: string; result: FlowTestResult }[]): string {
  const suites = results.map(({ file, result }) => {
    const failures = result.verdicts.filter(({ passed }) => !passed).length;
    const cases = result.verdicts.map(({ name, passed, message }) => {
      const head = `    <testcase classname="${escaped(file)}" name="${escaped(name)}"`;
      if (passed) return `${head}/>`;
      const [first = ""] = (message ?? "").split("\n");
      return `${head}>\n      <failure message="${escaped(first)}">${escaped(message ?? "")}</failure>\n    </testcase>`;
    });
    const seconds = (result.durationMs / 1_000).toFixed(3);
    const counts = `tests="${result.verdicts.length}" failures="${failures}" time="${seconds}"`;
    return [`  <testsuite name="${escaped(`${file}: ${result.name}`)}" ${counts}>`, ...cases, "  </testsuite>"].join("\n");
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

/** XML 1.0, 2.2 and 2.4: what may not stand in it at all is left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
