import { hashedChoice } from '../../random.ts';
import type { ImageAnalysis } from '../image/analyseImage.ts';
import { sceneFacts } from '../image/sceneFacts.ts';
import { familyOf } from './modelFamily.ts';
import { claudeStyle } from './styles/claudeStyle.ts';
import { geminiStyle } from './styles/geminiStyle.ts';
import { gptStyle } from './styles/gptStyle.ts';
import { plainStyle } from './styles/plainStyle.ts';

const styles = { gpt: gptStyle, claude: claudeStyle, gemini: geminiStyle, plain: plainStyle } as const;

/** The caption of an image in the model's style: always the same for the same image and model. */
export function describe(analysis: ImageAnalysis, sha256: string, model: string): string {
  return styles[familyOf(model).style](sceneFacts(analysis), hashedChoice(sha256, model));
}
