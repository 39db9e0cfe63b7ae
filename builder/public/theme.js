// Before the first paint: the remembered theme. An own file because the content security policy allows no inline script.
try {
  const theme = localStorage.getItem("patchbay.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be switched off; the system's theme is used then.
}
