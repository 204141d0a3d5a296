import { describe, expect, it } from "vitest";
import { fixture, summary, tree } from "../support.ts";

describe("an R script", () => {
  it("tells the packages and repositories that it installs", () => {
    expect(summary([fixture("r-script", "install.R")])).toEqual([
      "3 cran/remotes floating",
      "3 cran/data.table floating",
      "4 github/example/cohorts v3.4.2",
      "5 github/example/quality main floating",
      "6 github/example/one floating",
      "6 github/example/two floating",
      "7 github/example/kernel floating",
      "8 cran/rJava 1.0-6",
      "9 cran/tidyr floating",
    ]);
  });

  it("may be one line of a Dockerfile, and take its variables", () => {
    const text = [
      "FROM scratch",
      "ARG COHORTS_REF=v3.4.2",
      "RUN install2.r --error --ncpus 2 --repos https://cloud.r-project.org/latest \\",
      "    rJava remotes",
      "RUN R -e \"remotes::install_github(repo = 'example/cohorts', ref = '${COHORTS_REF}')\"",
      "RUN Rscript -e 'print(\"install\")' && installGithub.r example/kernel@v1.3",
    ];
    expect(summary(tree({ Dockerfile: text.join("\n") }))).toEqual([
      "2 github/example/cohorts v3.4.2",
      "4 cran/rJava floating",
      "4 cran/remotes floating",
      "6 github/example/kernel v1.3",
    ]);
  });
});
