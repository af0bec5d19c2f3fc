import { type RigSettings, rigPipeline } from './rigPipeline.ts';

/** The module that a scenario gives to `saccade run`; its settings come in the environment. */
const settings = process.env['RIG_SETTINGS'];
if (settings === undefined) throw new Error('RIG_SETTINGS is not set: a scenario of scripts/rehearsals starts this pipeline');

export default rigPipeline(JSON.parse(settings) as RigSettings);
