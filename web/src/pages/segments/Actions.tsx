import { Button, Menu } from "@mantine/core";
import { IconPencil, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { segmentKeys } from "../../api/queries";
import { useMessages } from "../../i18n/language";
import { AsOf } from "../../parts/AsOf";
import { MoreMenu } from "../../parts/MoreMenu";
import { useToast } from "../../parts/toast";
import { useArchive, type useRefresh } from "../../parts/upkeep/upkeep";
import { messages } from "./messages";

interface Props {
  segment: Schema["Segment"];
  asOf: string | undefined;
  onAsOf: (day: string | undefined) => void;
  refresh: ReturnType<typeof useRefresh>;
}

/** Actions are what can be done with a segment. */
export function Actions({ segment: s, asOf, onAsOf, refresh }: Props) {
  const t = useMessages(messages);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const toast = useToast();
  const archive = useArchive();
  const remove = useMutation({
    mutationFn: () => call(client.DELETE("/api/v1/segments/{name}", { params: { path: { name: s.name } } })),
    onSuccess: async () => {
      toast.done(t.deleted(s.name));
      await navigate({ to: "/segments" });
      await Promise.all(segmentKeys.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
    onError: (err) => toast.failed(err),
  });
  return (
    <>
      <AsOf value={asOf} onChange={onAsOf} />
      <Editors>
        <Button
          variant="default"
          leftSection={<IconRefresh size={15} />}
          loading={refresh.isPending}
          onClick={() => refresh.mutate([s.name])}
        >
          {t.refresh}
        </Button>
        {s.source === "rule" && (
          <Button
            renderRoot={(props) => <Link to="/builder" search={{ segment: s.name, asOf }} {...props} />}
            leftSection={<IconPencil size={15} />}
          >
            {t.edit}
          </Button>
        )}
      </Editors>
      <MoreMenu
        remove={{ title: t.deleteTitle(s.name), text: t.deleteText, action: t.deleteAction }}
        onRemove={() => remove.mutate()}
      >
        <Editors>
          <Menu.Item renderRoot={(props) => <Link to="/prove" search={{ segment: s.name }} {...props} />}>
            {t.prove}
          </Menu.Item>
        </Editors>
        <Menu.Item
          component="a"
          href={`/api/v1/segments/${encodeURIComponent(s.name)}/members?format=csv${asOf ? `&as_of=${asOf}` : ""}`}
          download={`${s.name}.csv`}
        >
          {t.download}
        </Menu.Item>
        <Editors>
          {!s.archived && (
            <Menu.Item onClick={() => archive.mutate({ names: [s.name], archived: true })}>{t.archive}</Menu.Item>
          )}
        </Editors>
      </MoreMenu>
    </>
  );
}
