const DAY_MS = 86_400_000;

/** Milliseconds until Gemini's daily quotas come back, at midnight Pacific. */
export function untilPacificMidnightMs(nowUnixMs: number): number {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Los_Angeles',
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part = Object.fromEntries(clock.formatToParts(nowUnixMs).map(({ type, value }) => [type, Number(value)]));
  return DAY_MS - ((part['hour']! * 60 + part['minute']!) * 60 + part['second']!) * 1000;
}
