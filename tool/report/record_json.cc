#include "tool/report/record_json.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "lib/lab/steps.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

// The letters are explained in proc(5). Several of them mean that a process
// sleeps.
const char* StateName(ProcessState state) {
  switch (state.letter) {
    case 'R':
      return "running";
    case 'T':
    case 't':
      return "stopped";
    case 'Z':
    case 'X':
      return "zombie";
    default:
      return "sleeping";
  }
}

ProcessState StateFromName(const std::string& name) {
  for (const ProcessState state : {kRunning, kSleeping, kStopped, kZombie}) {
    if (name == StateName(state)) return state;
  }
  throw std::runtime_error("no state of a process: " + name);
}

Json ToJson(const SeenProcess& process) {
  Json pids = Json::array();
  for (const PidInNamespace& pid : process.pids) {
    pids.push_back({{"namespace", pid.pid_namespace}, {"pid", pid.pid}});
  }
  Json json = {{"name", process.name},
               {"parent", nullptr},
               {"pids", pids},
               {"real_pid", process.real_pid},
               {"state", StateName(process.state)},
               {"init_of", nullptr}};
  if (process.parent >= 0) json["parent"] = process.parent;
  if (process.init_of() >= 0) json["init_of"] = process.init_of();
  return json;
}

SeenProcess ProcessFromJson(const Json& json) {
  SeenProcess process;
  process.name = json.at("name");
  if (!json.at("parent").is_null()) process.parent = json.at("parent");
  for (const Json& pid : json.at("pids")) {
    process.pids.push_back({pid.at("namespace"), pid.at("pid")});
  }
  process.real_pid = json.at("real_pid");
  process.state = StateFromName(json.at("state"));
  return process;
}

Json ToJson(const Step& step, int number) {
  Json entries = Json::array();
  for (const Entry& entry : step.entries) {
    entries.push_back({{"process", entry.process},
                       {"ran", entry.text},
                       {"expected", entry.expected},
                       {"observed", entry.observed},
                       {"ok", entry.ok},
                       {"where", entry.where}});
  }
  Json processes = Json::array();
  for (const SeenProcess& process : step.processes) {
    processes.push_back(ToJson(process));
  }
  return {{"number", number},
          {"title", step.title},
          {"entries", entries},
          {"processes", processes}};
}

Step StepFromJson(const Json& json) {
  Step step{json.at("title"), {}, {}};
  (void)json.at("number").get<int>();  // it follows from the title
  for (const Json& entry : json.at("entries")) {
    step.entries.push_back({entry.at("process"), entry.at("ran"),
                            entry.at("expected"), entry.at("observed"),
                            entry.at("ok"), entry.at("where")});
  }
  for (const Json& process : json.at("processes")) {
    step.processes.push_back(ProcessFromJson(process));
  }
  return step;
}

Skip::Code SkipCodeFromName(const std::string& name) {
  using enum Skip::Code;
  for (const Skip::Code code :
       {kNoPrivilege, kSandboxed, kToolMissing, kKernelFeature, kKernelConfig,
        kArch, kResource}) {
    if (name == SkipCodeName(code)) return code;
  }
  throw std::runtime_error("no code of a skip: " + name);
}

}  // namespace

Verdict VerdictFromName(const std::string& name) {
  for (const Verdict verdict :
       {Verdict::kPass, Verdict::kFail, Verdict::kSkip, Verdict::kError}) {
    if (name == VerdictName(verdict)) return verdict;
  }
  throw std::runtime_error("no verdict: " + name);
}

Json ToJson(const Record& record) {
  Json json = {{"folder", record.folder},
               {"experiment", record.experiment},
               {"verdict", VerdictName(record.verdict)}};
  if (!record.reason.empty()) json["reason"] = record.reason;
  if (record.skip) {
    json["skip"] = {{"code", SkipCodeName(record.skip->code)},
                    {"needs", record.skip->needs},
                    {"probed", record.skip->probed},
                    {"to_run", record.skip->to_run}};
  }
  json["seconds"] = record.seconds;
  json["steps"] = Json::array();
  for (size_t i = 0; i < record.steps.size(); ++i) {
    json["steps"].push_back(ToJson(record.steps[i], StepNumber(record, i)));
  }
  return json;
}

Record RecordFromJson(const Json& json) {
  Record record;
  record.folder = json.at("folder");
  record.experiment = json.at("experiment");
  record.verdict = VerdictFromName(json.at("verdict"));
  record.reason = json.value("reason", "");
  if (json.contains("skip")) {
    const Json& skip = json["skip"];
    record.skip = Skip{SkipCodeFromName(skip.at("code")), skip.at("needs"),
                       skip.at("probed"), skip.at("to_run")};
  }
  record.seconds = json.at("seconds");
  for (const Json& step : json.at("steps")) {
    record.steps.push_back(StepFromJson(step));
  }
  return record;
}

std::string TextOf(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pidlab
