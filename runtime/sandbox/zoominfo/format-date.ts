/** `7/6/2020 2:52 PM`, as the API writes times (UTC). */
export function formatDate(time: number): string {
  const date = new Date(time);
  const hours = date.getUTCHours();
  const minutes = String(date.getUTCMinutes()).padStart(2, "0");
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  return `${day} ${hours % 12 || 12}:${minutes} ${hours < 12 ? "AM" : "PM"}`;
}
