#include "engine/rocks/memory_governor.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace basalt::engine::rocks {
namespace {

class ManualPool final : public Executor {
 public:
  void Post(UniqueFunction<void()> task) override { tasks_.push_back(std::move(task)); }
  size_t waiting() const { return tasks_.size(); }
  void RunOne() {
    UniqueFunction<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    task();
  }

 private:
  std::deque<UniqueFunction<void()>> tasks_;
};

class RecordingHolder final : public MemoryGovernor::Holder {
 public:
  RecordingHolder(std::string name, std::string& order) : name_(std::move(name)), order_(order) {}
  uint64_t FlushMemory() override {
    order_ += name_;
    return 1;
  }

 private:
  const std::string name_;
  std::string& order_;
};

TEST(MemoryGovernor, FlushesTheLeastRecentlyWrittenUntilBelowItsBudget) {
  ManualPool pool;
  MemoryGovernor governor(100, 10, 1, pool);
  std::string order;
  const auto a = std::make_shared<RecordingHolder>("a", order);
  const auto b = std::make_shared<RecordingHolder>("b", order);
  const auto c = std::make_shared<RecordingHolder>("c", order);
  governor.Wrote(a, 30);
  governor.Wrote(b, 30);
  governor.Wrote(a, 40);
  EXPECT_EQ(pool.waiting(), 0U);
  governor.Wrote(c, 80);  // 150: b, then a
  EXPECT_EQ(pool.waiting(), 1U);
  pool.RunOne();
  EXPECT_EQ(pool.waiting(), 1U);
  pool.RunOne();
  EXPECT_EQ(order, "ba");
  EXPECT_EQ(pool.waiting(), 0U);
  EXPECT_EQ(governor.held_bytes(), 82U);
}

TEST(MemoryGovernor, LeavesSmallOnesAloneAndForgetsTheClosed) {
  ManualPool pool;
  MemoryGovernor governor(100, 60, 2, pool);
  std::string order;
  const auto a = std::make_shared<RecordingHolder>("a", order);
  const auto b = std::make_shared<RecordingHolder>("b", order);
  governor.Wrote(a, 55);
  governor.Wrote(b, 55);
  EXPECT_EQ(pool.waiting(), 0U);
  governor.Wrote(a, 70);
  EXPECT_EQ(pool.waiting(), 1U);
  governor.Forget(*a);
  EXPECT_EQ(governor.held_bytes(), 55U);
  pool.RunOne();
  EXPECT_EQ(governor.held_bytes(), 55U);
}

}  // namespace
}  // namespace basalt::engine::rocks
