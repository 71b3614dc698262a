#include "tool/vm/task.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace pidlab {

namespace {

using Json = nlohmann::ordered_json;

// There is no history file, since it would be lost.
constexpr const char* kUsualEnvironment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "USER=root",
    "LOGNAME=root",
    "LANG=C.UTF-8",
    "HISTFILE=",
    "PS1=\\u@\\h:\\w\\$ "};

constexpr const char* kPassedOn[] = {"TERM", "NO_COLOR"};

}  // namespace

Task TaskFor(std::vector<std::string> command) {
  Task task;
  task.command = std::move(command);
  if (task.command.empty()) task.command = {"bash"};
  task.environment.assign(std::begin(kUsualEnvironment),
                          std::end(kUsualEnvironment));
  for (const std::string name : kPassedOn) {
    if (const char* value = std::getenv(name.c_str())) {
      task.environment.push_back(name + "=" + value);
    }
  }
  return task;
}

std::string ToText(const Task& task) {
  // What a user types need not be UTF-8, so each byte is written as a number.
  const auto bytes = [](const std::vector<std::string>& words) {
    Json json = Json::array();
    for (const std::string& word : words) {
      json.push_back(std::vector<unsigned char>(word.begin(), word.end()));
    }
    return json;
  };
  return Json{{"command", bytes(task.command)},
              {"environment", bytes(task.environment)},
              {"terminal", task.terminal}}
      .dump();
}

Task TaskFromText(const std::string& text) {
  const Json json = Json::parse(text);
  const auto words = [&json](const char* key) {
    std::vector<std::string> result;
    for (const auto& word :
         json.at(key).get<std::vector<std::vector<unsigned char>>>()) {
      result.emplace_back(word.begin(), word.end());
    }
    return result;
  };
  return {words("command"), words("environment"),
          json.at("terminal").get<bool>()};
}

}  // namespace pidlab
