import { baseModel } from './baseModel.ts';
import { type ModelFacts, modelFacts, unknownModel } from './modelFacts.ts';

/** What is known of a model, by its base name. */
export const factsOf = (model: string): ModelFacts => {
  const base = baseModel(model);
  return modelFacts.find(({ match }) => match.test(base)) ?? unknownModel;
};
