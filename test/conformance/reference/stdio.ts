/** The reference server as a program that is talked to by its standard input and output. */
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { referenceServer } from './referenceServer.ts';

serveStdio(() => referenceServer());
