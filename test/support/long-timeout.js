import { jest } from '@jest/globals';

// Real servers start, stop and fail in their own time, and the machine may be busy.
jest.setTimeout(60_000);
