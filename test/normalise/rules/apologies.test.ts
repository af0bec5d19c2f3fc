import { describe } from 'vitest';
import { apologies } from '../../../src/normalise/rules/apologies.ts';
import { table } from './table.ts';

describe('apologies and refusals', () => {
  table(apologies, [
    ["I'm sorry, but I can't help with identifying people.", '', 'refused'],
    ['I cannot see the picture. Please provide another one.', '', 'refused'],
    ['As an AI language model, I have no eyes.', '', 'refused'],
    ["I'm unable to read the text. A sign on a wall.", 'A sign on a wall.', 'apology'],
    ['A car moves left. Let me know if you need more details!', 'A car moves left.'],
    ['A car moves left. Would you like a longer caption?', 'A car moves left.'],
    ['Please note that two cars move left.', 'Please note that two cars move left.'],
    ['A sign says "I am sorry".', 'A sign says "I am sorry".'],
    ['A person cannot pass the gate.', 'A person cannot pass the gate.'],
    ['A car with a note: remember me.', 'A car with a note: remember me.'],
  ]);
});
