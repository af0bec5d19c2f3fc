/** An option of lmdb that its types do not know: the files of a ledger can be read by the user who made them, and by nobody else. */
export const privateFiles = { permissionsMode: 0o600 };
