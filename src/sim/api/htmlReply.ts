import type { ApiReply } from './vendorApi.ts';

/** The page of a proxy in front of the vendor. */
export const htmlReply = (status: number, title: string): ApiReply => ({
  status,
  headers: { 'content-type': 'text/html', server: 'cloudflare' },
  body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n`,
});
