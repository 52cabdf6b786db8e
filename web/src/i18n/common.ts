import { da } from "./da/common";
import { en } from "./en/common";
import { catalogue, useMessages } from "./language";

const common = catalogue(en, da);

/** useCommon returns the messages that all pages share. */
export const useCommon = () => useMessages(common);
