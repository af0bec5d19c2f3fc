import type { Pipeline } from './definePipeline.ts';
import { PipelineError } from './errors.ts';
import { refuseSharedFiles } from './files/refuseSharedFiles.ts';

/** The same pipeline with its output files and folders in another folder, under their own names. Topics stay. Throws CONFIG_INVALID. No I/O. */
export function outputsInto(pipeline: Pipeline, folder: string): Pipeline {
  const { sink, deadLetters, late, frames } = pipeline;
  const parts = [...new Set([sink, deadLetters, late, ...(frames ? [frames] : [])])];
  const moved = new Map<unknown, unknown>(parts.map((part) => [part, part.into?.(folder) ?? part]));
  if (parts.every((part) => moved.get(part) === part))
    throw new PipelineError(
      'CONFIG_INVALID',
      `--into ${folder}: no output of pipeline '${pipeline.name}' is a file (found ${namesOf(parts)})`,
    );
  const into = <Part>(part: Part): Part => moved.get(part) as Part;
  const outputs = { sink: into(sink), deadLetters: into(deadLetters), late: into(late), frames: frames && into(frames) };
  refuseSharedFiles({ ...outputs, late: late === deadLetters ? undefined : outputs.late });
  return { ...pipeline, ...outputs };
}

const namesOf = (parts: readonly { readonly name: string }[]): string => parts.map(({ name }) => name).join(', ');
