import { useRef, useState, type KeyboardEvent } from "react";
import { may, useMe } from "../../api/queries";
import { Link } from "../../router";
import { useLanguage } from "../../texts";
import { Badge } from "../../ui/frame";
import type { AccessRow } from "./access";

export interface Column {
  id: string;
  name: string;
  /** What it is in: its company. */
  group: string;
}

/** A place in the matrix. */
export interface Spot {
  row: AccessRow;
  column: Column;
}

/** Whether a user has an account, as the review has it. */
export const has = (row: AccessRow, account: string) => row.allAccounts || row.accounts.includes(account);

/**
 * Users by accounts. A cell says in a number how many permissions the user has there, and shows it by its shade; where one
 * permission is asked for, a sign says whether it is held. It is a grid as ARIA has it: one stop for Tab, arrows within,
 * Enter to look into a cell.
 */
export function Matrix({ rows, columns, permission, most, onOpen }: {
  rows: AccessRow[];
  columns: Column[];
  permission: string | undefined;
  /** How many permissions anybody could have here. */
  most: number;
  onOpen: (spot: Spot) => void;
}) {
  const { t, name } = useLanguage();
  const sees = may(useMe(), "users:view");
  const [at, setAt] = useState({ row: 0, column: 0 });
  const grid = useRef<HTMLTableElement>(null);
  const here = { row: Math.min(at.row, rows.length - 1), column: Math.min(at.column, columns.length - 1) };
  const go = (row: number, column: number) => {
    const next = { row: Math.max(0, Math.min(rows.length - 1, row)), column: Math.max(0, Math.min(columns.length - 1, column)) };
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-at="${next.row} ${next.column}"]`)?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const { row, column } = here;
    const moves: Record<string, [number, number]> = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      Home: [event.ctrlKey ? 0 : row, 0], End: [event.ctrlKey ? rows.length - 1 : row, columns.length - 1],
      PageUp: [row - 10, column], PageDown: [row + 10, column],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    go(...move);
  };
  const groups = columns.reduce<{ name: string; span: number }[]>((all, column) => {
    const last = all.at(-1);
    if (last?.name === column.group) last.span++;
    else all.push({ name: column.group, span: 1 });
    return all;
  }, []);
  return (
    <>
      <div className="matrix-scroll">
        <table className="matrix" role="grid" aria-label={t("reviews.access")} ref={grid} onKeyDown={press}>
          <thead>
            {groups.some((group) => group.name) && (
              <tr>
                <td className="corner" />
                {groups.map((group, i) => (
                  <th key={i} scope="colgroup" colSpan={group.span} className="group">
                    <span>{group.name}</span>
                  </th>
                ))}
              </tr>
            )}
            <tr>
              <th scope="col" className="corner">
                {t("reviews.user")}
              </th>
              {columns.map((column) => (
                <th key={column.id} scope="col" className="account" title={column.name}>
                  <span>{column.name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => (
              <tr key={row.user.id}>
                <th scope="row">
                  {sees ? <Link href={`/users/${row.user.id}`}>{row.user.name}</Link> : row.user.name}
                  <span className="about">
                    {name("kind", row.user.kind ?? "")}
                    {row.status !== "active" && <Badge tone="warn">{name("status", row.status)}</Badge>}
                  </span>
                </th>
                {columns.map((column, c) => {
                  const cell = lookAt(row, column.id, permission);
                  const stop = r === here.row && c === here.column;
                  return (
                    <td key={column.id}>
                      <button
                        type="button"
                        className={`cell ${cell.sign ?? `shade-${shade(cell.count, most)}`}`}
                        data-at={`${r} ${c}`}
                        tabIndex={stop ? 0 : -1}
                        aria-label={t("reviews.cell", { user: row.user.name, account: column.name, what: cell.sign ? t(`reviews.${cell.sign}`) : t("reviews.count", { count: cell.count }) })}
                        onClick={() => {
                          setAt({ row: r, column: c });
                          onOpen({ row, column });
                        }}
                      >
                        {cell.sign ? signs[cell.sign] : cell.count || "–"}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Legend permission={permission} />
    </>
  );
}

type Sign = "held" | "own" | "approval" | "lacks";
const signs: Record<Sign, string> = { held: "●", own: "◐", approval: "◆", lacks: "–" };

/** What a cell shows: a number of permissions, or the sign of the one that is asked for. */
function lookAt(row: AccessRow, account: string, permission: string | undefined): { count: number; sign?: Sign } {
  const grants = has(row, account) ? row.permissions : [];
  if (!permission) return { count: grants.length };
  const grant = grants.find((one) => one.permission === permission);
  return { count: 0, sign: !grant ? "lacks" : grant.obligations.includes("needsApproval") ? "approval" : grant.scope === "own" ? "own" : "held" };
}

const shades = 4;
const shade = (count: number, most: number) => (count === 0 ? 0 : Math.max(1, Math.ceil((count / Math.max(1, most)) * shades)));

function Legend({ permission }: { permission: string | undefined }) {
  const { t } = useLanguage();
  return (
    <div className="matrix-legend">
      {permission ? (
        (["held", "own", "approval", "lacks"] as const).map((sign) => (
          <span key={sign}>
            <span className={`cell ${sign}`} aria-hidden="true">
              {signs[sign]}
            </span>
            {t(`reviews.${sign}`)}
          </span>
        ))
      ) : (
        <>
          <span>{t("reviews.legend")}</span>
          <span className="scale" aria-hidden="true">
            {Array.from({ length: shades }, (_, i) => (
              <span key={i} className={`cell shade-${i + 1}`} />
            ))}
          </span>
          <span className="faint">{t("reviews.legendShade")}</span>
        </>
      )}
    </div>
  );
}
