import { describe, expect, it } from "vitest";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const firmware = [fixture("platformio", "platformio.ini")];

describe("a PlatformIO project", () => {
  it("tells its platforms, packages and libraries", () => {
    expect(summary(firmware)).toEqual([
      "5 generic/platformio/espressif32 6.9.0",
      "7 generic/platformio/bblanchon/ArduinoJson ^7.2.1",
      "8 github/example/driver v1.3.0",
      "14 generic/platformio/knolleary/PubSubClient 2.8",
      "15 generic/platformio/Adafruit%20Unified%20Sensor >=1.1,<2",
      "16 generic/platformio/WiFiManager floating",
      "22 github/example/arduino-core 3.0.7",
      "23 generic/platformio/toolchain-xtensa-esp32 ~12.2.0",
      "28 github/example/platform-espressif32 51.03.07",
      "29 generic/platformio/example/Extra 1.0.0",
      "32 generic/platformio/espressif8266 4.2.1",
      "35 generic/platformio/espressif8266 floating",
    ]);
  });

  it("is edited where an interpolation takes its value from", () => {
    const pin = pinNamed(firmware, "common.core_version");
    expect(pin.linked).toEqual([{ path: "platformio.ini", line: 20 }]);
    expect(covered(firmware, pin)).toEqual(["version 6.9.0 → {version}"]);
  });

  it("does not know what the environment of the build gives", () => {
    const text = `[env]\nplatform = espressif32@\${sysenv.PLATFORM_VERSION}\nlib_deps = \${missing.lib_deps}\n`;
    expect(summary(tree({ "platformio.ini": text }))).toEqual([]);
  });
});
