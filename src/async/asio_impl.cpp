// Asio's own code, compiled once.
//
// The project defines BOOST_ASIO_SEPARATE_COMPILATION, so that Asio's headers only declare; this is
// the one place with the definitions. It saves seconds in every other file.
#include <boost/asio/impl/src.hpp>
