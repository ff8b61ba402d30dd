import { useSearch } from "wouter";
import { Link, useLocation } from "../router";
import "./chips.css";

/** A choice that the address keeps: one of a few views of a page, each a link. */
export function Chips({ label, field, value, choices }: {
  label: string;
  /** The parameter of the address; a choice without an id is the address without it. */
  field: string;
  value: string | undefined;
  choices: { id: string | undefined; name: string }[];
}) {
  const [path] = useLocation();
  const query = useSearch();
  const href = (id: string | undefined) => {
    const next = new URLSearchParams(query);
    next.delete("cursor");
    if (id) next.set(field, id);
    else next.delete(field);
    return next.size ? `${path}?${next}` : path;
  };
  return (
    <nav aria-label={label}>
      <ul className="chips">
        {choices.map((choice) => (
          <li key={choice.id ?? ""}>
            <Link href={href(choice.id)} replace aria-current={choice.id === value ? "true" : undefined}>
              {choice.name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
