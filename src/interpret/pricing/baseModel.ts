/** `models/gemini-2.5-pro-001`, `openai/gpt-4o-2024-08-06`, `claude-3-7-sonnet@20250219` without path, date and revision. */
export const baseModel = (model: string): string =>
  model
    .slice(model.lastIndexOf('/') + 1)
    .replace(/[-@](latest|\d{8}|\d{4}-\d{2}-\d{2}|00\d)$/, '')
    .toLowerCase();
