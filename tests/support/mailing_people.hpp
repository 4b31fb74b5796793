// People who get mail: a mail box that the tests read, and the service that sends there.
#pragma once

#include "features/mailer/mailer.hpp"
#include "tests/support/mail_box.hpp"
#include "tests/support/people.hpp"

namespace wapi::test {

class MailingPeopleTest : public PeopleTest {
  protected:
    /// Sends what is due.
    void deliver() {
        while (run(mailer_.send_due())) {
        }
    }

    MailBox box_;
    mailer::Mailer mailer_{
        {.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_, .transport = &box_},
        mail_options()};
};

}  // namespace wapi::test
