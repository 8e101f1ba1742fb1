// A loop runs what is posted, in order, on its own thread, and lets go of what it never ran.
#include "http/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <vector>

namespace basalt::http {
namespace {

TEST(Loop, RunsTasksInOrderOnItsThread) {
  Loop loop;
  std::vector<int> order;
  bool inside = false;
  std::promise<void> done;
  loop.Post([&order] { order.push_back(1); });  // before it starts
  loop.Start(0);
  loop.Post([&order] { order.push_back(2); });
  loop.Post([&] {
    EXPECT_TRUE(loop.IsCurrent());
    inside = true;
    loop.Post([&done, &inside] {
      EXPECT_FALSE(inside);  // never within Post
      done.set_value();
    });
    order.push_back(3);
    inside = false;
  });
  done.get_future().wait();
  EXPECT_FALSE(loop.IsCurrent());
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Loop, RunsDelayedTasksByTheirDelay) {
  Loop loop;
  loop.Start(1);
  std::vector<int> order;
  std::promise<void> done;
  loop.PostAfter(40, [&] {
    order.push_back(2);
    done.set_value();
  });
  loop.PostAfter(5, [&order] { order.push_back(1); });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(Loop, DropsWhatItNeverRan) {
  const auto witness = std::make_shared<int>(0);
  {
    Loop loop;
    loop.Post([witness] {});
    loop.PostAfter(1, [witness] {});
    EXPECT_EQ(witness.use_count(), 3);
  }
  EXPECT_EQ(witness.use_count(), 1);
  Loop loop;
  loop.Start(2);
  loop.PostAfter(60'000, [witness] {});
  loop.Stop();
  loop.Stop();
  loop.Post([witness] { FAIL(); });
}

TEST(Loop, StopsFromWithin) {
  Loop loop;
  loop.Start(3);
  std::promise<void> stopped;
  loop.Post([&] {
    loop.Stop();
    stopped.set_value();
  });
  stopped.get_future().wait();
}

}  // namespace
}  // namespace basalt::http
