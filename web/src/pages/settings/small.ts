import { useQuery } from "@tanstack/react-query";
import { dataQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { messages } from "./Settings";

/** useHidden says of a trait of the data how many of its values a small-cell size leaves out of breakdowns. */
export function useHidden(size: number): string {
  const t = useMessages(messages);
  const f = useFormat();
  const columns = useQuery(dataQuery).data?.traits ?? [];
  const trait = columns
    .filter((c) => c.type === "text" && c.top.length > 1)
    .reduce<(typeof columns)[number] | undefined>((a, b) => (a && a.top.length >= b.top.length ? a : b), undefined);
  if (!trait) return "";
  const few = trait.top.filter((v) => v.count < size).length;
  return few === 0 ? "" : t.smallCellData(trait.name, f.count(few), f.count(trait.top.length));
}
