import { PipelineError } from '../../errors.ts';
import { factsOf } from '../pricing/factsOf.ts';

/** Refuses a temperature that the model does not take. `part`: the name of the provider. */
export function checkTemperature(part: string, model: string, temperature: number | undefined): void {
  if (temperature === undefined || factsOf(model).temperature === 'any') return;
  throw new PipelineError('CONFIG_INVALID', `${part}.temperature: ${model} takes no temperature (found ${temperature}); leave it out`);
}
