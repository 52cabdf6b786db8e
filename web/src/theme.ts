import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** Greys of the dark scheme: cool, never black. 0 is text, 7 the page, 8 the navigation. */
const dark: MantineColorsTuple = [
  "#dcdfe6",
  "#b9bec9",
  "#9aa1af",
  "#6f7787",
  "#3c424f",
  "#2f3440",
  "#232731",
  "#191c23",
  "#14171d",
  "#0f1116",
];

const accent: MantineColorsTuple = [
  "#edf1ff",
  "#d8e0fd",
  "#b0c0f8",
  "#8aa1f3",
  "#7690f0",
  "#5874e6",
  "#3f5edb",
  "#3450c4",
  "#2c44a8",
  "#22368a",
];

export const theme = createTheme({
  colors: { dark, accent },
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: "600", fontFamily: '"Inter Variable", system-ui, sans-serif' },
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  radius: { xs: "3px", sm: "5px", md: "7px", lg: "10px", xl: "16px" },
  defaultRadius: "sm",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    InputWrapper: { styles: { description: { fontSize: 12 } } },
    TextInput: { defaultProps: { size: "xs" } },
    DateInput: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs", checkIconPosition: "right" } },
    MultiSelect: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    Tabs: { defaultProps: { keepMounted: false } },
    Badge: { defaultProps: { variant: "light", radius: "sm", tt: "none" } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: { defaultProps: { overlayProps: { backgroundOpacity: 0.4 } } },
    Paper: { defaultProps: { withBorder: true } },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: "sm" } },
  },
});
