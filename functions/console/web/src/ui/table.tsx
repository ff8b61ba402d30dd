import { Fragment, useState, type ReactNode } from "react";
import { useLanguage } from "../texts";
import { Button } from "./controls";
import { Icon } from "./icons";

export interface Column<Row> {
  id: string;
  /** What stands above it. A column of marks has a name too, which is heard and not seen. */
  name: string;
  hidden?: boolean;
  cell: (row: Row) => ReactNode;
  /** What the list is sorted by for it, where it can be. */
  sort?: string;
  /** Numbers and times, which are compared from the right. */
  numeric?: boolean;
  /** Has addresses, which have no spaces: they break where the table would be too wide (see {@link Address}). */
  long?: boolean;
  /** Has what can be done to the row; on a phone it stands in the corner of its card. */
  acts?: boolean;
  /** Leads a row: it is the row's header, and the head of its card on a phone. */
  heads?: boolean;
}

/**
 * A list of things. It is a plain table, which every assistive technology reads; on a phone each row is a card. Sorting is
 * the API's: a column says by what, with a minus for the opposite where the API has it.
 */
export function DataTable<Row>({ label, columns, rows, rowKey, sort, onSort, sorts, busy }: {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  sort?: string;
  onSort?: (sort: string) => void;
  /** Every order that the API has. */
  sorts?: readonly string[];
  busy?: boolean;
}) {
  return (
    <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className={busy ? "table busy" : "table"} aria-busy={busy}>
        <thead>
          <tr>
            {columns.map((column) => {
              const by = column.sort;
              const direction = by && sort === by ? "ascending" : by && sort === `-${by}` ? "descending" : undefined;
              const next = by && sort === by && sorts?.includes(`-${by}`) ? `-${by}` : by;
              return (
                <th key={column.id} scope="col" aria-sort={direction} className={column.numeric ? "numeric" : undefined}>
                  {next && onSort ? (
                    <Button look="quiet" onPress={() => onSort(next)}>
                      {column.name}
                      {direction && <Icon name={direction === "ascending" ? "up" : "down"} size={14} />}
                    </Button>
                  ) : (
                    <span className={column.hidden ? "only-heard" : undefined}>{column.name}</span>
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) =>
                column.heads ? (
                  <th key={column.id} scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} data-name={column.hidden ? undefined : column.name} className={column.acts ? "row-acts" : column.numeric ? "numeric" : column.long ? "long" : undefined}>
                    <div>{column.cell(row)}</div>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** An e-mail address, which breaks before its @ where there is too little room for it, and only then at a dot, a hyphen or anywhere. */
export function Address({ of }: { of: string }) {
  const at = Math.max(0, of.lastIndexOf("@"));
  return (
    <span className="address">
      <span>{of.slice(0, at)}</span>
      <span>
        {of.slice(at).split(/(?=\.)/).map((label, i) => (
          <Fragment key={i}>
            <wbr />
            {label}
          </Fragment>
        ))}
      </span>
    </span>
  );
}

/** Leads from a page of a list to the next. Cursors lead forward alone, so the pages before are kept by who shows them. */
export function Pager({ page, onPrevious, onNext }: { page: number; onPrevious?: () => void; onNext?: () => void }) {
  const { t } = useLanguage();
  if (!onPrevious && !onNext) return null;
  return (
    <nav className="pager" aria-label={t("pager.label")}>
      <Button icon="left" onPress={onPrevious} isDisabled={!onPrevious}>
        {t("pager.previous")}
      </Button>
      <span>{t("pager.page", { page })}</span>
      <Button onPress={onNext} isDisabled={!onNext}>
        {t("pager.next")}
        <Icon name="right" />
      </Button>
    </nav>
  );
}

/** The pager of a list whose cursor the address keeps. Without one it is the first page, whatever was before it. */
export function CursorPager({ cursor, next, go }: { cursor: string | undefined; next: string | undefined; go: (cursor: string | undefined) => void }) {
  const [kept, setBefore] = useState<(string | undefined)[]>([]);
  const before = cursor ? kept : [];
  return (
    <Pager
      page={before.length + 1}
      onPrevious={
        cursor
          ? () => {
              setBefore(before.slice(0, -1));
              go(before.at(-1));
            }
          : undefined
      }
      onNext={
        next
          ? () => {
              setBefore([...before, cursor]);
              go(next);
            }
          : undefined
      }
    />
  );
}
