import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [url, key, member] = ["URL", "KEY", "MEMBER"].map((name) => process.env[name] ?? "") as [string, string, string];
const shop = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key}`, "regulars-program": "api-shop" } });
const told = (problem: components["schemas"]["Problem"]) => `${problem.code} ${problem.pointer ?? "-"} ${problem.status}`;

async function sell(kind: string): Promise<string> {
  const lines = [{ amount: "3.50", kind }];
  const body = { id: `${member}-${kind}`, type: "purchase", member, happened_at: "2026-03-02T09:00", lines };
  const { data, error } = await shop.POST("/v1/events", { body, params: { query: { explain: true } } });
  if (error) return told(error);
  return "results" in data ? `${data.recorded} recorded` : `${data.status}: ${data.because?.[0]}`;
}

async function holds(wallet: string): Promise<string> {
  const { data, error } = await shop.GET("/v1/members/{member}/wallets", { params: { path: { member } } });
  return error ? told(error) : JSON.stringify(data.wallets[wallet]);
}

console.log([await sell("drink"), await sell("tea"), await holds("points")].join("\n"));
