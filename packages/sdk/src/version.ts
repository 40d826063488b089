/** The version that events name as their sender's. */
export const version = '0.1.0'
