/** Largest picture taken unless MAX_PICTURE_BYTES says otherwise: 32 MiB. */
export const DEFAULT_MAX_PICTURE_BYTES = 33_554_432
