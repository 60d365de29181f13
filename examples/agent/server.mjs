// An MCP server with a tool that moves money. Each call is asked of Exhibit first; the money moves once, as it was approved.
import { appendFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createGuard } from 'exhibit/actions';
import { z } from 'zod';

const { EXHIBIT_URL, EXHIBIT_TOKEN, REFUNDS } = process.env;
if (EXHIBIT_URL === undefined || EXHIBIT_TOKEN === undefined || REFUNDS === undefined)
  throw new Error('set EXHIBIT_URL, EXHIBIT_TOKEN and REFUNDS (the file that stands for the bank)');
const guard = createGuard({ url: EXHIBIT_URL, token: () => EXHIBIT_TOKEN });
const session = crypto.randomUUID();

const server = new McpServer({ name: 'shop', version: '1.0.0' });
server.registerTool(
  'refund',
  {
    description: 'Gives money back for an order',
    inputSchema: { order: z.string(), amount: z.number().positive() },
  },
  async (given, { signal }) => {
    const action = { tool: 'refund', arguments: given, agent: 'shop-bot', session };
    const text = await guard(
      action,
      // Only what the guard hands over is used: it is what was approved.
      ({ arguments: { order, amount } }) => {
        appendFileSync(REFUNDS, `${order} ${amount}\n`);
        return `${amount} went back for ${order}`;
      },
      { signal, onWaiting: ({ approval }) => console.error(`waiting for approval ${approval}`) },
    );
    return { content: [{ type: 'text', text }] };
  },
);
await server.connect(new StdioServerTransport());
