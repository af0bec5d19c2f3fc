import sharp from 'sharp';

/** A picture as a renderer draws it: boxes of ON (white) and OFF (blue) on a dark ground; x, y, width, height in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly on?: boolean;
}

export async function picture(boxes: readonly Box[], width = 320, height = 240): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set([30, 37, 52], i * 3);
  for (const box of boxes) {
    for (let y = box.y; y < box.y + box.height; y++) {
      for (let x = box.x; x < box.x + box.width; x++) data.set(box.on === false ? [64, 126, 201] : [255, 255, 255], (y * width + x) * 3);
    }
  }
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

export interface Question {
  readonly model?: string;
  readonly image?: Uint8Array;
  readonly mediaType?: string;
  readonly key?: string;
  readonly schema?: object;
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly raw: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads into replies of many shapes
  readonly body: any;
}

const base64 = (image: Uint8Array | undefined): string => Buffer.from(image ?? []).toString('base64');

export async function post(url: string, headers: Record<string, string>, body: unknown, signal?: AbortSignal): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  const raw = await response.text();
  let read: unknown;
  try {
    read = JSON.parse(raw);
  } catch {
    read = undefined;
  }
  return { status: response.status, headers: response.headers, raw, body: read };
}

export const openai = async (url: string, ask: Question): Promise<Reply> =>
  await post(
    `${url}/v1/chat/completions`,
    { authorization: `Bearer ${ask.key ?? 'sk-test'}` },
    {
      model: ask.model ?? 'gpt-4o',
      max_completion_tokens: ask.maxTokens ?? 300,
      ...(ask.schema ? { response_format: { type: 'json_schema', json_schema: { name: 'caption', schema: ask.schema } } } : {}),
      messages: [
        { role: 'system', content: 'Describe the frame.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What moves?' },
            ...(ask.image
              ? [{ type: 'image_url', image_url: { url: `data:${ask.mediaType ?? 'image/png'};base64,${base64(ask.image)}` } }]
              : []),
          ],
        },
      ],
    },
    ask.signal,
  );

export const anthropic = async (url: string, ask: Question): Promise<Reply> =>
  await post(
    `${url}/v1/messages`,
    { 'x-api-key': ask.key ?? 'sk-ant-test', 'anthropic-version': '2023-06-01' },
    {
      model: ask.model ?? 'claude-3-7-sonnet-20250219',
      max_tokens: ask.maxTokens ?? 300,
      system: 'Describe the frame.',
      ...(ask.schema ? { output_config: { format: { type: 'json_schema', schema: ask.schema } } } : {}),
      messages: [
        {
          role: 'user',
          content: [
            ...(ask.image
              ? [{ type: 'image', source: { type: 'base64', media_type: ask.mediaType ?? 'image/png', data: base64(ask.image) } }]
              : []),
            { type: 'text', text: 'What moves?' },
          ],
        },
      ],
    },
    ask.signal,
  );

export const gemini = async (url: string, ask: Question): Promise<Reply> =>
  await post(
    `${url}/v1beta/models/${ask.model ?? 'gemini-2.5-flash'}:generateContent`,
    { 'x-goog-api-key': ask.key ?? 'AIza-test' },
    {
      systemInstruction: { parts: [{ text: 'Describe the frame.' }] },
      contents: [
        {
          role: 'user',
          parts: [
            ...(ask.image ? [{ inlineData: { mimeType: ask.mediaType ?? 'image/png', data: base64(ask.image) } }] : []),
            { text: 'What moves?' },
          ],
        },
      ],
      generationConfig: {
        maxOutputTokens: ask.maxTokens ?? 300,
        ...(ask.schema ? { responseMimeType: 'application/json', responseJsonSchema: ask.schema } : {}),
      },
    },
    ask.signal,
  );

export const asks = { openai, anthropic, gemini } as const;

/** The caption in a reply of any vendor. */
export const captionIn = ({ body }: Reply): string =>
  body?.choices?.[0]?.message?.content ?? body?.content?.[0]?.text ?? body?.candidates?.[0]?.content?.parts?.[0]?.text ?? '';
