/** Today in UTC, YYYY-MM-DD. */
export function today(nowUnixMs: number): string {
  const dayNumber = Math.floor(nowUnixMs / 86_400_000);
  if (dayNumber !== lastDay) {
    lastDay = dayNumber;
    lastText = new Date(dayNumber * 86_400_000).toISOString().slice(0, 10);
  }
  return lastText;
}

let lastDay = -1;
let lastText = '';
