// Beast's own code, compiled once.
//
// The project defines BOOST_BEAST_SEPARATE_COMPILATION, so that Beast's headers only declare; this
// is the one place with the definitions.
#include <boost/beast/src.hpp>
