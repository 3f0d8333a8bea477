/** The id of a session says which gateway process holds it. */

const form = /^([0-9a-f]{8}-\d{1,3})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const newSessionId = (gatewayId: string): string => `${gatewayId}-${crypto.randomUUID()}`;

/** Undefined for what never was an id of a session here. */
export const holderOf = (sessionId: string): string | undefined => form.exec(sessionId)?.[1];

/** Enough to tell sessions apart, and too little to use one. */
export const shortId = (sessionId: string): string => sessionId.slice(0, -28);
