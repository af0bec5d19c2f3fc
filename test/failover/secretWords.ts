/** Words that must never be seen outside a request: keys, and the prompt. */
export const secrets = ['sk-chaos-openai-1', 'sk-chaos-openai-2', 'sk-ant-chaos', 'AIza-chaos'] as const;
export const promptWords = 'Xylophone instructions nobody else would write';
