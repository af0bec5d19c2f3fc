import { hashedChoice } from '../../random.ts';
import type { ImageAnalysis } from '../image/analyseImage.ts';
import { sceneFacts } from '../image/sceneFacts.ts';
import { familyOf } from './modelFamily.ts';
import { claude } from './styles/claude.ts';
import { gemini } from './styles/gemini.ts';
import { gpt } from './styles/gpt.ts';
import { plain } from './styles/plain.ts';

const styles = { gpt, claude, gemini, plain } as const;

/** The caption of an image in the model's style: always the same for the same image and model. */
export function describe(analysis: ImageAnalysis, sha256: string, model: string): string {
  return styles[familyOf(model).style](sceneFacts(analysis), hashedChoice(sha256, model));
}
