import { da } from "../../i18n/da/customers";
import { en } from "../../i18n/en/customers";
import { catalogue } from "../../i18n/language";

export const messages = catalogue(en, da);
