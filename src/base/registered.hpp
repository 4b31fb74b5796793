// A list of every constant of one kind (error kinds, SQL statements) in the program.
//
// Such constants are namespace-scope objects spread over the features. Deriving from Registered<T>
// links each into one list as it is constructed, so that a test can walk all of them (codes unique,
// statements prepare on both engines) and none can be forgotten. Construction happens before main,
// on one thread; afterwards the list is only read.
#pragma once

namespace wapi {

template <class T>
class Registered {
  public:
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;

    /// Calls visit(const T&) for every constant, newest first.
    template <class Visit>
    static void for_each(Visit visit) {
        for (const Registered* item = head_; item != nullptr; item = item->next_) {
            visit(static_cast<const T&>(*item));
        }
    }

  protected:
    Registered() : next_(head_) { head_ = this; }
    ~Registered() = default;

  private:
    static inline const Registered* head_ = nullptr;
    const Registered* next_;
};

}  // namespace wapi
