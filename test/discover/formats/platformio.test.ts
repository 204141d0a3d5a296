import { describe, expect, it } from "vitest";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const firmware = [fixture("platformio", "platformio.ini")];

describe("a PlatformIO project", () => {
  it("tells its platforms, packages and libraries", () => {
    expect(summary(firmware)).toEqual([
      "5 generic/platformio/espressif32 6.9.0",
      "6 generic/platformio/espressif32 5.4.0",
      "9 generic/platformio/bblanchon/ArduinoJson ^7.2.1",
      "10 github/example/driver v1.3.0",
      "16 generic/platformio/knolleary/PubSubClient 2.8",
      "17 generic/platformio/Adafruit%20Unified%20Sensor >=1.1,<2",
      "18 generic/platformio/WiFiManager floating",
      "24 github/example/arduino-core 3.0.7",
      "25 generic/platformio/toolchain-xtensa-esp32 ~12.2.0",
      "30 github/example/platform-espressif32 51.03.07",
      "31 generic/platformio/example/Extra 1.0.0",
      "34 generic/platformio/espressif8266 4.2.1",
      "37 generic/platformio/espressif8266 floating",
    ]);
  });

  it("is edited where an interpolation takes its value from", () => {
    const pin = pinNamed(firmware, "common.core_version");
    expect(pin.linked).toEqual([{ path: "platformio.ini", line: 22 }]);
    expect(covered(firmware, pin)).toEqual(["version 6.9.0 → {version}"]);
  });

  it("passes over what comes with a platform, and splits lists that stand on one line", () => {
    const text = "[env]\nlib_deps = SPI,Wire, One@1.0.0,Two @ >=2.0, <3\n";
    expect(summary(tree({ "platformio.ini": text }))).toEqual([
      "2 generic/platformio/One 1.0.0",
      "2 generic/platformio/Two >=2.0, <3",
    ]);
  });

  it("reads the files that a project takes in, whatever they are called, by what they say", () => {
    const files = tree({
      "platformio.ini": "[platformio]\nextra_configs = boards/*.ini\n[base]\nversion = 6.9.0\n",
      "boards/esp32.ini": "[esp32]\nplatform = platformio/espressif32@${base.version}\nlib_deps =\n  one/One@1.0.0\n",
      "php.ini": "[PHP]\nplatform = x@1.0\n",
    });
    expect(summary(files)).toEqual(["4 generic/platformio/one/One 1.0.0", "4 generic/platformio/espressif32 6.9.0"]);
  });

  it("does not know what the environment of the build gives", () => {
    const text = `[env]\nplatform = espressif32@\${sysenv.PLATFORM_VERSION}\nlib_deps = \${missing.lib_deps}\n`;
    expect(summary(tree({ "platformio.ini": text }))).toEqual([]);
  });
});
