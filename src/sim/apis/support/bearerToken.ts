/** The token of an `Authorization: Bearer` header; '' without one. */
export const bearerToken = (header: string | undefined): string => /^bearer\s+(\S.*)$/i.exec(header ?? '')?.[1] ?? '';
