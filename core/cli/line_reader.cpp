// The only file that includes libedit.
#include <quarry/core/cli/line_reader.hpp>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <utility>

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifdef QUARRY_WITH_LIBEDIT
#include <histedit.h>

#include <quarry/core/cli/history.hpp>
#endif

namespace quarry::cli {
namespace {

class plain_lines final : public line_reader {
 public:
  bool interactive() const noexcept override { return false; }
  std::optional<std::string> read(const char*) override {
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
  }
};

#ifdef QUARRY_WITH_LIBEDIT

std::size_t width(std::string_view s) {
  return static_cast<std::size_t>(
      std::count_if(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

/// In columns, as wide as the terminal allows; at most a screen of them.
void print_columns(const std::vector<std::string>& all) {
  winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) window.ws_col = 80, window.ws_row = 24;
  std::size_t widest = 0;
  for (const std::string& s : all) widest = std::max(widest, width(s) + 2);
  const std::size_t columns = std::max<std::size_t>(1, window.ws_col / widest);
  const std::size_t shown = std::min(all.size(), columns * std::max<std::size_t>(window.ws_row, 10));
  const std::size_t rows = (shown + columns - 1) / columns;
  std::string out = "\n";
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = r; i < shown; i += rows) out += all[i] + std::string(widest - width(all[i]), ' ');
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  if (shown < all.size()) out += "and " + std::to_string(all.size() - shown) + " more\n";
  std::fputs(out.c_str(), stdout);
  std::fflush(stdout);
}

class edited_lines final : public line_reader {
 public:
  edited_lines(EditLine* editor, completion_source complete)
      : complete_(std::move(complete)), kept_(history_path()), editor_(editor) {
    HistEvent event;
    ::history(lines_, &event, H_SETSIZE, static_cast<int>(line_history::most_lines));
    ::history(lines_, &event, H_SETUNIQUE, 1);
    for (const std::string& line : kept_.load()) ::history(lines_, &event, H_ENTER, line.c_str());
    el_set(editor_, EL_CLIENTDATA, this);
    el_set(editor_, EL_PROMPT, &edited_lines::prompt);
    el_set(editor_, EL_HIST, ::history, lines_);
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_SIGNAL, 1);
    el_set(editor_, EL_ADDFN, "quarry-complete", "complete a name", &edited_lines::on_tab);
    el_set(editor_, EL_ADDFN, "quarry-cancel", "give up the statement", &edited_lines::on_interrupt);
    el_set(editor_, EL_BIND, "^I", "quarry-complete", nullptr);
    el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(editor_, nullptr);  // the user's own ~/.editrc
    // While a line is typed Ctrl-C is a key; while a statement runs it ends the program.
    el_set(editor_, EL_SETTY, "-d", "-isig", nullptr);
    el_set(editor_, EL_BIND, "^C", "quarry-cancel", nullptr);
  }
  edited_lines(const edited_lines&) = delete;
  edited_lines& operator=(const edited_lines&) = delete;
  ~edited_lines() override {
    el_end(editor_);
    ::history_end(lines_);
  }

  bool interactive() const noexcept override { return true; }
  bool cancelled() const noexcept override { return cancelled_; }

  std::optional<std::string> read(const char* prompt) override {
    prompt_ = prompt;
    cancelled_ = false;
    int size = 0;
    el_set(editor_, EL_PREP_TERM, 1);  // else the prompt is there before Ctrl-C is a key
    const char* typed = el_gets(editor_, &size);
    if (!typed || size <= 0) return std::nullopt;
    std::string line(typed, static_cast<std::size_t>(size));
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    if (!cancelled_ && line.find_first_not_of(" \t") != std::string::npos) {
      HistEvent event;
      ::history(lines_, &event, H_ENTER, line.c_str());
      kept_.add(line);
    }
    return line;
  }

 private:
  static edited_lines& of(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<edited_lines*>(self);
  }
  static char* prompt(EditLine* editor) { return const_cast<char*>(of(editor).prompt_); }

  static unsigned char on_interrupt(EditLine* editor, int) {
    of(editor).cancelled_ = true;
    std::fputs("^C", stdout);
    std::fflush(stdout);
    return CC_NEWLINE;
  }

  /// What all candidates share is typed; where that is nothing new they are listed.
  static unsigned char on_tab(EditLine* editor, int) {
    const LineInfo* line = el_line(editor);
    const std::string_view text(line->buffer, static_cast<std::size_t>(line->lastchar - line->buffer));
    const auto cursor = static_cast<std::size_t>(line->cursor - line->buffer);
    const completion found = of(editor).complete_(text, cursor);
    if (found.candidates.empty()) return CC_ERROR;
    const std::string common = common_prefix(found.candidates);
    if (const std::size_t typed = cursor - found.from; common.size() > typed)
      return el_insertstr(editor, common.c_str() + typed) == 0 ? CC_REFRESH : CC_ERROR;
    if (found.candidates.size() == 1) return CC_NORM;
    print_columns(found.candidates);
    return CC_REDISPLAY;
  }

  completion_source complete_;
  line_history kept_;
  EditLine* editor_;
  History* lines_ = ::history_init();
  const char* prompt_ = "";
  bool cancelled_ = false;
};

#endif

}  // namespace

std::unique_ptr<line_reader> open_line_reader([[maybe_unused]] line_reader::completion_source complete) {
#ifdef QUARRY_WITH_LIBEDIT
  if (::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0) {
    // The editor counts characters by the locale.
    const char* chosen = std::setlocale(LC_CTYPE, "");
    if (!chosen || std::strcmp(::nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
    if (EditLine* editor = el_init("quarry", stdin, stdout, stderr))
      return std::make_unique<edited_lines>(editor, std::move(complete));
  }
#endif
  return std::make_unique<plain_lines>();
}

}  // namespace quarry::cli
