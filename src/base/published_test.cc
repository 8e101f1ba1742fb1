// Published: readers see the newest value, and replaced values live while someone reads them.
#include "base/published.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace basalt {
namespace {

TEST(Published, SubscribersSeeWhatWasPublishedLast) {
  Published<int> published(std::make_shared<const int>(1));
  Subscriber<int> subscriber(published);
  EXPECT_EQ(subscriber.Get(), 1);
  published.Publish(std::make_shared<const int>(2));
  EXPECT_EQ(subscriber.Get(), 2);
  EXPECT_EQ(*published.Load(), 2);
}

TEST(Published, ValuesNeverGoBackwardsForAReader) {
  Published<int> published(std::make_shared<const int>(0));
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&published] {
      Subscriber<int> subscriber(published);
      for (int last = 0; last < 5000;) {
        const int now = subscriber.Get();
        ASSERT_GE(now, last);
        last = now;
      }
    });
  }
  for (int i = 1; i <= 5000; ++i) {
    published.Publish(std::make_shared<const int>(i));
  }
  for (std::thread& reader : readers) {
    reader.join();
  }
}

}  // namespace
}  // namespace basalt
