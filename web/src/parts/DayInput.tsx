import "@mantine/dates/styles.css";
import "dayjs/locale/da";
import { DateInput, type DateInputProps } from "@mantine/dates";
import { IconCalendar } from "@tabler/icons-react";
import { parseDay } from "../format/day";
import { useFormat } from "../format/format";
import { useCommon } from "../i18n/common";
import { useLanguage } from "../i18n/language";

type Props = Omit<DateInputProps, "value" | "onChange" | "locale"> & {
  /** As 2011-12-09; empty is no day. */
  value: string;
  onChange: (day: string) => void;
};

/** DayInput takes a day, written or chosen in a calendar, in the person's language rather than the browser's. */
export function DayInput({ value, onChange, ...rest }: Props) {
  const t = useCommon();
  const f = useFormat();
  const { language } = useLanguage();
  return (
    <DateInput
      leftSection={<IconCalendar size={14} aria-hidden />}
      locale={language}
      firstDayOfWeek={1}
      valueFormat={(d) => f.date(d.slice(0, 10))}
      dateParser={(s) => parseDay(s, f.locale) ?? null}
      value={value ? value.slice(0, 10) : null}
      onChange={(d) => onChange(d?.slice(0, 10) ?? "")}
      getDayAriaLabel={(d) => f.date(d.slice(0, 10))}
      nextLabel={t.nextMonth}
      previousLabel={t.previousMonth}
      {...rest}
    />
  );
}
