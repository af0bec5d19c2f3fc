import { PipelineError } from '../../errors.ts';

/** The topics of a broker that a source reads. Throws CONFIG_INVALID where one is missing, or none matches. */
export function matchTopics(known: readonly string[], wanted: string | readonly string[] | RegExp): string[] {
  if (wanted instanceof RegExp) {
    // `search`, unlike `test`, does not begin where the last match ended: with the flag g that would skip topics.
    const matching = known.filter((name) => name.search(wanted) >= 0 && !name.startsWith('__'));
    if (matching.length === 0) throw new PipelineError('CONFIG_INVALID', `kafkaSource.topic: no topic matches ${String(wanted)}`);
    return matching;
  }
  const names = typeof wanted === 'string' ? [wanted] : wanted;
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length > 0)
    throw new PipelineError('CONFIG_INVALID', `kafkaSource.topic: the broker has no topic '${missing.join("', '")}'; create it first`);
  return [...names];
}
