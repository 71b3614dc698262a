#include "tool/claims/claims.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tool/claims/catalogue_page.h"

namespace pidlab {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

TEST(ParseClaims, ReadsARow) {
  const auto claims = ParseClaims(R"([{
      "id": "D-50", "claim": "Once only.", "quote": "only once",
      "source": "pid_namespaces(7), Semantics", "status": "COND",
      "since": "Linux 3.8", "holds": "Twice, after setns()."}])");
  ASSERT_THAT(claims, SizeIs(1));
  EXPECT_EQ(claims[0].id, "D-50");
  EXPECT_EQ(claims[0].claim, "Once only.");
  EXPECT_EQ(claims[0].quote, "only once");
  EXPECT_EQ(claims[0].source, "pid_namespaces(7), Semantics");
  EXPECT_EQ(claims[0].status, ClaimStatus::kConditional);
  EXPECT_EQ(claims[0].since, "Linux 3.8");
  EXPECT_EQ(claims[0].holds, "Twice, after setns().");
}

// A row that has these members besides its id.
std::string Row(const std::string& members) {
  return R"([{"id": "D-1", )" + members + "}]";
}

void ExpectFault(const std::string& json, const char* fault) {
  EXPECT_THAT([&] { ParseClaims(json); },
              ThrowsMessage<std::runtime_error>(HasSubstr(fault)))
      << json;
}

TEST(ParseClaims, SaysWhatIsWrong) {
  const std::string good = R"("claim": "c", "source": "pidlab", )";
  ExpectFault(Row(R"("source": "pidlab", "status": "TRUE")"),
              "claim D-1: it claims nothing");
  ExpectFault(Row(R"("claim": "c", "status": "TRUE")"), "no source");
  ExpectFault(Row(good + R"("status": "MAYBE")"), "\"MAYBE\" is no status");
  ExpectFault(Row(good + R"("status": "COND")"), "lacks \"holds\"");
  ExpectFault(Row(good + R"("status": "WRONG")"), "lacks \"holds\"");
  ExpectFault(Row(good + R"("status": "GATED")"), "lacks \"since\"");
  ExpectFault(Row(good + R"("status": "TRUE", "holds": "x")"), "TRUE");
  ExpectFault(Row(good + R"("status": "TRUE", "quote": "x")"), "quoted");
  ExpectFault(Row(good + R"("status": "TRUE", "sinse": "x")"), "\"sinse\"");
  ExpectFault(R"([{"claim": "c", "source": "pidlab", "status": "TRUE"}])",
              "no id");
  const std::string row = R"({"id": "D-1", )" + good + R"("status": "TRUE"})";
  ExpectFault("[" + row + "," + row + "]", "twice");
}

TEST(CataloguePage, HasAClaimItsVerdictAndWhoTriesIt) {
  const std::vector<Claim> claims = {
      {"S1-7", "This | that.", "此", "tutorial 1, 1", ClaimStatus::kConditional,
       "Linux 4.1", "That."},
      {"X-8", "Wrong.", "", "pidlab", ClaimStatus::kWrong, "", "Right."},
      {"X-9", "Nobody tries it.", "", "pidlab", ClaimStatus::kTrue, "", ""},
  };
  const std::vector<Experiment> experiments = {
      {"It",
       "labs/06_stale_proc/experiment.cc",
       1,
       {"c", {"S1-7"}, {"proc(5)"}},
       nullptr},
      {"Again",
       "experiments/ps_one/experiment.cc",
       1,
       {"c", {"S1-7"}, {"proc(5)", "ps(1)"}},
       nullptr},
  };
  const std::string page = CataloguePage(claims, experiments);
  EXPECT_THAT(page, HasSubstr("3 claims, tried by 2 experiments: 1 TRUE, 1 "
                              "COND"));
  EXPECT_THAT(page,
              HasSubstr("| S1-7 | This \\| that.<br>“此”<br>**In fact:** That. "
                        "| COND<br>since Linux 4.1 | [06 stale_proc]"
                        "(../labs/06_stale_proc/)<br>[ps_one](../experiments/"
                        "ps_one/) | tutorial 1, 1<br>proc(5)<br>ps(1) |\n"));
  EXPECT_THAT(page, HasSubstr("## Where they are wrong\n\n- **X-8** (a "
                              "belief): Wrong. *In fact:* Right.\n\n"));
  EXPECT_THAT(page, HasSubstr("| X-9 | Nobody tries it. | TRUE |  | worded "
                              "here |\n"));
}

}  // namespace
}  // namespace pidlab
