#ifndef QUARRY_DIALECTS_BASE_WRITER_HPP
#define QUARRY_DIALECTS_BASE_WRITER_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <quarry/dialects/base/error.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::dialect {

// Text on its way to a sink, in pieces of up to a kilobyte. Throws stopped when the sink says so.
class writer {
 public:
  explicit writer(const quarry_sink& sink) noexcept : sink_(sink) {}
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  void write(std::string_view text) {
    if (text.empty()) return;  // its data may be NULL
    if (text.size() > sizeof(buffer_) - used_) {
      flush();
      if (text.size() > sizeof(buffer_)) {
        send(text);
        return;
      }
    }
    std::memcpy(buffer_ + used_, text.data(), text.size());
    used_ += text.size();
  }
  void write(char c) {
    if (used_ == sizeof(buffer_)) flush();
    buffer_[used_++] = c;
  }
  // The text between two marks.
  void quoted(std::string_view text, char mark) {
    if (text.size() + 2 > sizeof(buffer_) - used_) {
      write(mark);
      write(text);
      write(mark);
      return;
    }
    char* at = buffer_ + used_;
    *at = mark;
    std::memcpy(at + 1, text.data(), text.size());
    at[text.size() + 1] = mark;
    used_ += text.size() + 2;
  }
  // To be called where the placeholder goes; gives its 1-based number.
  std::uint32_t bind(std::uint32_t slot) {
    flush();
    std::uint32_t number = 0;
    if (sink_.bind(sink_.self, slot, &number) != 0) throw stopped();
    return number;
  }
  void flush() {
    if (used_ != 0) send({buffer_, used_});
    used_ = 0;
  }

 private:
  void send(std::string_view text) {
    if (sink_.write(sink_.self, text.data(), text.size()) != 0) throw stopped();
  }

  const quarry_sink& sink_;
  std::size_t used_ = 0;
  char buffer_[1024];
};

}  // namespace quarry::dialect

#endif
